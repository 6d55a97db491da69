// Prints a presigned URL for a question: presign.mjs INSTANCE BODY.
import { createHash, createHmac } from "node:crypto";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";

class Sha256 {
  constructor(key) {
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

const [instance, body] = process.argv.slice(2);
const endpoint = new URL(process.env.AWS_ENDPOINT_URL_CONNECT);
const signer = new SignatureV4({
  service: "connect",
  region: process.env.AWS_REGION,
  sha256: Sha256,
  credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY },
});
const signed = await signer.presign(
  new HttpRequest({
    method: "POST",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    port: Number(endpoint.port),
    path: `/metrics/userdata/${encodeURIComponent(instance)}`,
    headers: { host: endpoint.host },
    body,
  }),
  { expiresIn: 60 },
);
const query = Object.entries(signed.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
process.stdout.write(`${endpoint.origin}${signed.path}?${query.join("&")}`);
