// One session's life as the vendor's client tells it: node story.mjs URL KEY. Prints a JSON object.
import { configure, sessions } from "@trigger.dev/sdk";

const [baseURL, accessToken] = process.argv.slice(2);
const once = { retry: { maxAttempts: 1 } };
configure({ baseURL, accessToken, requestOptions: once });

const body = {
  type: "chat.agent",
  taskIdentifier: "my-chat",
  externalId: "a name / with % and ü",
  tags: ["from-the-client"],
  metadata: { nested: { list: [1, null, "ü"] } },
  triggerConfig: { basePayload: { chatId: "c-1" }, maxAttempts: 2 },
};

async function refusal(promise) {
  try {
    await promise;
    return "not refused";
  } catch (error) {
    return error.status ?? `${error}`;
  }
}

const told = {};
told.started = await sessions.start(body);
told.again = await sessions.start(body);
told.byId = await sessions.retrieve(told.started.id);
told.byName = await sessions.retrieve(body.externalId);
told.updated = await sessions.update(body.externalId, { tags: ["renamed"], metadata: null });
told.closed = await sessions.close(told.started.id, { reason: "done" });
told.closedAgain = await sessions.close(body.externalId, { reason: "changed my mind" });
told.startedOnceMore = await refusal(sessions.start(body, once));
told.unknown = await refusal(sessions.retrieve("nobody", once));
configure({ baseURL, accessToken: told.started.publicAccessToken, requestOptions: once });
told.byToken = await refusal(sessions.update(told.started.id, { tags: [] }, once));
process.stdout.write(JSON.stringify(told));
process.exit(0);
