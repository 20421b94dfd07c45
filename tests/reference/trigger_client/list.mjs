// The list of sessions as the vendor's client walks it: node list.mjs URL KEY. Prints a JSON object.
import { configure, sessions } from "@trigger.dev/sdk";

const [baseURL, accessToken] = process.argv.slice(2);
configure({ baseURL, accessToken, requestOptions: { retry: { maxAttempts: 1 } } });

const started = [];
for (let number = 0; number < 7; number++) {
  const tags = [number % 2 ? "odd" : "even"];
  const body = { type: "chat.agent", taskIdentifier: "my-chat", externalId: `list ü ${number}`, tags };
  started.push(await sessions.start({ ...body, triggerConfig: { basePayload: {} } }));
}
await sessions.close(started[1].id);

async function listed(options) {
  const seen = [];
  for await (const row of sessions.list(options)) seen.push(row.id);
  return seen;
}

const told = { started: started.map((session) => session.id) };
told.walked = await listed({ limit: 3 });
told.walkedByOnes = await listed({ limit: 1 });
told.odd = await listed({ limit: 2, tag: "odd" });
told.named = await listed({ externalId: "list ü 4" });
told.closed = await listed({ status: "CLOSED" });
told.openOrClosed = await listed({ limit: 4, status: ["ACTIVE", "CLOSED"], tag: ["odd", "even"] });
told.sinceYesterday = await listed({ limit: 2, from: new Date(Date.now() - 86_400_000) });
told.untilYesterday = await listed({ to: new Date(Date.now() - 86_400_000) });
told.ofTheDay = await listed({ limit: 5, period: "1d", type: "chat.agent", taskIdentifier: "my-chat" });

const first = await sessions.list({ limit: 3 });
const second = await first.getNextPage();
told.members = Object.keys(first.data[0]);
const back = await sessions.list({ limit: 3, before: second.pagination.previous });
told.pages = [first, second, back].map((page) => page.data.map((row) => row.id));
told.ends = [first.hasPreviousPage(), first.hasNextPage(), second.hasPreviousPage()];
process.stdout.write(JSON.stringify(told));
process.exit(0);
