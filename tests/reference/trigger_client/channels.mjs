// The two channels of a session as the vendor's client uses them: node channels.mjs URL KEY. Prints a JSON object.
import { configure, sessions } from "@trigger.dev/sdk";

const [baseURL, accessToken] = process.argv.slice(2);
const once = { retry: { maxAttempts: 1 } };
configure({ baseURL, accessToken, requestOptions: once });

const started = await sessions.start({
  type: "chat.agent",
  taskIdentifier: "my-chat",
  externalId: "channels of ü",
  triggerConfig: { basePayload: {} },
});

async function append(text) {
  const channel = `${baseURL}/realtime/v1/sessions/${started.id}/out`;
  const headers = { Authorization: `Bearer ${accessToken}` };
  const reply = await fetch(`${channel}/append`, { method: "POST", headers, body: text });
  return (await reply.json()).seq;
}

async function read(options) {
  const stream = await sessions.open("channels of ü").out.read({ timeoutInSeconds: 1, ...options });
  const seen = [];
  for await (const part of stream) {
    seen.push(part);
    if (part === "the last") break;
  }
  return seen;
}

const told = { id: started.id };
await sessions.open("channels of ü").in.send({ type: "user-message", text: "hello\nthere" });
await sessions.open(started.id).in.send("plain words");
const numbers = [await append("first"), await append('{"second": [1, null]}')];
setTimeout(() => append("the last"), 200);
told.read = await read();
told.resumed = await read({ lastEventId: numbers[0] });

// A browser has the session's token alone: it sends to in and reads out, and nothing else.
configure({ baseURL, accessToken: started.publicAccessToken, requestOptions: once });
await sessions.open("channels of ü").in.send("from a browser");
told.readWithToken = await read({ lastEventId: numbers[1] });
configure({ baseURL, accessToken, requestOptions: once });
await sessions.close(started.id);
try {
  await sessions.open(started.id).in.send("too late");
  told.closed = "not refused";
} catch (error) {
  told.closed = error.status ?? `${error}`;
}
process.stdout.write(JSON.stringify(told));
process.exit(0);
