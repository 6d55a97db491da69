// Reads requests, as a JSON list, from standard input, sends each with the AWS
// SDK for JavaScript, and prints what became of them, as a JSON list.
import { text } from "node:stream/consumers";
import * as connect from "@aws-sdk/client-connect";

// An instant must have come as a Date, not as what JSON has.
function checkInstants(value, name = "") {
  if (name.endsWith("Timestamp")) {
    if (!(value instanceof Date)) throw new TypeError(`${name} ${value} is no Date`);
  } else if (value !== null && typeof value === "object") {
    for (const [key, member] of Object.entries(value)) checkInstants(member, key);
  }
}

async function send({ input, attempts }) {
  const client = new connect.ConnectClient({ maxAttempts: Math.max(1, attempts) });
  try {
    const { $metadata, ...answer } = await client.send(new connect.GetCurrentUserDataCommand(input));
    checkInstants(answer);
    return { answer };
  } catch (e) {
    if (!(e instanceof connect.ConnectServiceException)) throw e;
    const type = connect[e.name];
    return {
      exception: e.name,
      typed: type !== undefined && e instanceof type,
      status: e.$metadata.httpStatusCode,
      message: e.message,
    };
  } finally {
    client.destroy();
  }
}

const outcomes = [];
for (const request of JSON.parse(await text(process.stdin))) outcomes.push(await send(request));
process.stdout.write(JSON.stringify(outcomes));
