// Kinesalite stands for Amazon Kinesis, on a loopback port of its own, until its input ends.
import { createRequire } from "node:module";

process.on("uncaughtException", (e) => console.error("ignored:", e.message)); // it throws when a client dies
const server = createRequire(import.meta.url)("kinesalite")({ shardLimit: 100, createStreamMs: 10, deleteStreamMs: 10, updateStreamMs: 10 });
server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
