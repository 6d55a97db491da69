// Reads requests with their answers, as ../twin prints them, from standard input,
// asks them with the AWS SDK for JavaScript, and prints what differs, as JSON.
import { isDeepStrictEqual } from "node:util";
import { text } from "node:stream/consumers";
import * as connect from "@aws-sdk/client-connect";

const client = new connect.ConnectClient({ maxAttempts: 1 });

// What JSON has of an answer.
const plain = (answer) => JSON.parse(JSON.stringify(answer));

async function ask(operation, input) {
  const { $metadata, ...answer } = await client.send(new connect[operation + "Command"](input));
  return answer;
}

// The member on all pages, or the whole answer.
async function answer({ operation, input, member }) {
  if (!member) return plain(await ask(operation, input));
  const rows = [];
  for (let NextToken; ; ) {
    const page = await ask(operation, { ...input, NextToken });
    rows.push(...page[member]);
    if (!(NextToken = page.NextToken)) return plain(rows);
  }
}

async function outcome(request) {
  try {
    return { answer: await answer(request) };
  } catch (e) {
    if (!(e instanceof connect.ConnectServiceException)) throw e;
    return { exception: e instanceof (connect[e.name] ?? Date) ? e.name : `${e.name}, of no type: ${e.message}` };
  }
}

const requests = JSON.parse(await text(process.stdin));
const differences = [];
for (const { answer, exception, ...request } of requests) {
  const want = exception ? { exception } : { answer };
  const got = await outcome(request);
  if (!isDeepStrictEqual(want, got)) differences.push({ ...request, want, got });
}
process.stdout.write(JSON.stringify({ asked: requests.length, differ: differences.length, differences: differences.slice(0, 5) }));
