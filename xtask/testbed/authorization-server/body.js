// What does a request carry?

const LIMIT = 64 * 1024; // bytes; no form of ours comes near

export async function readText(ctx) {
  const chunks = [];
  let size = 0;
  for await (const chunk of ctx.req) {
    size += chunk.length;
    if (size > LIMIT) ctx.throw(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export async function readForm(ctx) {
  return Object.fromEntries(new URLSearchParams(await readText(ctx)));
}
