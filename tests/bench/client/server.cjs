/** Answers every request like PutRecord; prints its URL. In a process of its own: it shall not share the client's core. */
const { createServer } = require("node:http");
const answer = JSON.stringify({ ShardId: "shardId-000000000000", SequenceNumber: "4".repeat(56) });
const headers = {
  "content-type": "application/x-amz-json-1.1",
  "content-length": answer.length,
  "x-amzn-requestid": "r",
};
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, headers);
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on("disconnect", () => process.exit());
