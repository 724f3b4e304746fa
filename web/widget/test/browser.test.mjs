// The widget, the page and the reader's view in a real browser.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { found, launch } from "./chromium.mjs";
import { answers, Server } from "./server.mjs";

if (!found && process.env.CI === "true") throw new Error("no Chromium: set CHROMIUM to its path");
if (!found) console.error("SKIPPED: the browser's tests need Chromium; set CHROMIUM to its path");

describe("in a browser", { skip: !found }, () => {
  let server, browser, page, problems;

  before(async () => {
    browser = await launch({ viewport: { width: 1100, height: 800 } });
  });
  after(() => browser.close());
  beforeEach(async () => {
    server = await new Server().start();
    page = await browser.context.newPage();
    problems = [];
    page.on("pageerror", (e) => problems.push(String(e)));
    page.on("console", (m) => /Content.Security.Policy/i.test(m.text()) && problems.push(m.text()));
  });
  afterEach(async () => {
    assert.deepEqual(problems, [], "errors of scripts or of the security policy");
    assert.equal(await page.evaluate("window.hacked"), undefined);
    await page.close();
    server.stop();
  });

  const field = () => page.getByRole("textbox", { name: "Your question" });
  const turn = () => page.locator(".turn").last();
  const answer = () => turn().locator(".markdown");
  const finished = () => turn().locator(".rating").waitFor();

  async function ask(question) {
    await field().fill(question);
    await field().press("Enter");
  }
  async function openWidget(question) {
    await page.goto(server.otherURL);
    await page.getByRole("button", { name: "Ask Pilot" }).click();
    if (question) await ask(question);
  }
  const focused = () => page.evaluate(() => {
    const e = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return e.getAttribute("aria-label") ?? e.textContent;
  });

  test("the page streams an answer with citations and sources, under a path prefix", async () => {
    await page.goto(server.url);
    await ask("install slow");
    await answer().getByText("Go 1.26").waitFor();
    assert.equal(await turn().getAttribute("aria-busy"), "true");
    assert.equal(await turn().locator(".rating").count(), 0);
    server.release();
    await finished();
    assert.equal(await turn().getAttribute("aria-busy"), null);
    const manual = new URL("docs/manual/install.md#with-go", server.url).href;
    const cites = answer().locator("sup a");
    assert.deepEqual(await cites.evaluateAll((all) => all.map((a) => [a.textContent, a.href, a.rel, a.target])), [
      ["1", manual, "noopener", "_blank"],
      ["1", manual, "noopener", "_blank"],
      ["2", "https://docs.example/config#top", "noopener", "_blank"],
    ]);
    assert.equal(await cites.first().getAttribute("aria-label"), "Source 1: Install › With Go");
    assert.deepEqual(await turn().locator(".source").evaluateAll((all) => all.map((a) => a.href)), [manual, "https://docs.example/config#top"]);
    assert.equal(await answer().locator("ol > li > .code pre code").textContent(), "go install docent/cmd/docent@latest\ndocent serve --docs ./docs");
    assert.equal(await answer().locator("td.right").first().textContent(), "8000");
    const [asked] = server.asked();
    assert.deepEqual(asked, { message: "install slow", filters: {}, page: { url: server.url, title: "Ask the documentation" } });
  });

  test("an example is asked, and the next question continues the conversation until a new one begins", async () => {
    await page.goto(server.url);
    await page.getByRole("button", { name: "How do I install it?" }).click();
    await finished();
    assert.equal(await page.getByRole("button", { name: "How do I install it?" }).isVisible(), false);
    await ask("install more");
    await finished();
    await page.getByRole("button", { name: "New conversation" }).click();
    assert.equal(await page.locator(".turn").count(), 0);
    await ask("install anew");
    await finished();
    assert.deepEqual(server.asked().map((a) => a.session_id), [undefined, "ses_1", undefined]);
  });

  test("a dropped answer is taken up again, each event once", async () => {
    await page.goto(server.url);
    await ask("install, then drop");
    await answer().getByText("Fetch the p").waitFor();
    server.cut();
    await answer().getByText("@latest").waitFor();
    server.cut();
    await finished();
    const takenUp = server.requests.filter((r) => r.path.endsWith("/events")).map((r) => r.headers["last-event-id"]);
    assert.deepEqual(takenUp, ["11", "20"]);
    const dropped = await answer().innerText();
    await ask("install whole");
    await finished();
    assert.equal(dropped, await answer().innerText());
    assert.equal(server.asked().length, 2);
  });

  test("hostile text stays text", async () => {
    await page.goto(server.url);
    await ask("hostile");
    await finished();
    assert.equal(await answer().locator("img, script, iframe, svg[onload], b").count(), 0);
    assert.match(await answer().innerText(), /<img src=x onerror="window.hacked=1"> <script>window.hacked=1<\/script>/);
    assert.deepEqual(await answer().locator("a").evaluateAll((all) => all.map((a) => a.href)), [new URL("docs/x.md", server.url).href, new URL("docs/manual/install.md#with-go", server.url).href]);
    assert.equal(await answer().locator("code").first().textContent(), "[1]");
  });

  test("refusals and extractive answers say what they are", async () => {
    await page.goto(server.url);
    await ask("refused");
    await turn().getByText("Nearest pages", { exact: true }).waitFor();
    assert.equal(await turn().locator(".notices").innerText(), "", "the answer says so itself");
    await ask("quoted");
    await turn().getByText("the documentation’s own words").waitFor();
    await turn().getByText("Sources", { exact: true }).waitFor();
    assert.equal(await answer().locator("blockquote sup a").count(), 1);
  });

  test("an error is a sentence, and trying again replaces the answer", async () => {
    await page.goto(server.url);
    await ask("install, then fail");
    await turn().getByText("The model’s server failed.").waitFor();
    assert.equal(await turn().locator(".failure").getAttribute("role"), "alert");
    await page.getByRole("button", { name: "Try again" }).click();
    await finished();
    assert.equal(await page.locator(".turn").count(), 1);
    assert.equal(server.asked()[1].retry_of, "msg_1");
    assert.equal(server.asked()[1].message, undefined);
  });

  test("a limit says when the next question is taken, and waits with trying again", async () => {
    await openWidget("too many: limit");
    const again = page.getByRole("button", { name: "Try again" });
    await turn().getByText("Too many questions in a short time. You can ask again in 2 seconds.").waitFor();
    assert.equal(await again.isDisabled(), true);
    await turn().getByText("Too many questions in a short time. You can ask again now.").waitFor();
    assert.equal(await again.isDisabled(), false);
    await ask("too many: limit, long");
    await turn().getByText("You can ask again in 4 minutes.").waitFor();
  });

  test("a question has a longest length, in characters", async () => {
    await page.goto(server.url);
    await field().fill("x".repeat(4999));
    assert.equal(await page.locator(".hint").innerText(), "");
    await field().pressSequentially("xyz");
    assert.equal((await field().inputValue()).length, 5000);
    assert.equal(await page.locator(".hint").innerText(), "A question has at most 5000 characters.");
  });

  test("citations after code and tables stand with them, and sources are listed by number", async () => {
    await page.goto(server.url);
    await ask("corners");
    await finished();
    assert.deepEqual(await answer().locator(".refs").evaluateAll((all) => all.map((e) => [e.previousElementSibling.className, e.textContent, getComputedStyle(e).textAlign])), [
      ["code", "2", "right"],
      ["scroll", "32", "right"],
      ["code", "3", "right"],
    ]);
    assert.deepEqual(await turn().locator(".source .number").allInnerTexts(), ["2", "3"]);
    const chip = await answer().locator(".cite").first().boundingBox();
    assert.ok(chip.width >= 24 && chip.height >= 24, `${chip.width}x${chip.height}`);
  });

  test("a server that can't be reached is said, and the same question is asked again", async () => {
    await page.goto(server.url);
    await page.route("**/api/v1/chat", (route) => route.abort("connectionrefused"), { times: 1 });
    await ask("install");
    await turn().getByText("The server could not be reached.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await finished();
    assert.equal(server.asked().length, 1);
  });

  test("a page that may not ask is told so, and its owner how to allow it", async () => {
    const warnings = [];
    page.on("console", (m) => m.type() === "warning" && warnings.push(m.text()));
    await page.goto(server.otherURL);
    await page.route("**/api/v1/**", (route) => route.abort("failed"));
    await openWidget("install");
    await turn().getByText("The server could not be reached, or it does not allow this page.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await turn().getByText("The server could not be reached, or it does not allow this page.").waitFor();
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.ok(warnings[0].includes(`add ${new URL(server.otherURL).origin} to cors.allowed_origins`), warnings[0]);
  });

  test("stop ends the answer on the server and keeps what was said", async () => {
    await page.goto(server.url);
    await ask("install slow");
    await answer().getByText("Go 1.26").waitFor();
    await page.getByRole("button", { name: "Stop the answer" }).click();
    await turn().getByText("Stopped before the answer was finished.").waitFor();
    assert.ok(server.requests.some((r) => r.path === "api/v1/chat/msg_1/cancel"));
    assert.match(await answer().innerText(), /^You need Go 1.26/);
    await page.getByRole("button", { name: "Send" }).waitFor();
    assert.deepEqual(await turn().locator(".label, .source .number").allInnerTexts(), ["Sources", "1"]);
  });

  test("feedback is sent", async () => {
    await page.goto(server.url);
    await ask("install");
    await page.getByRole("button", { name: "This did not help" }).click();
    await turn().getByText("Thank you.").waitFor();
    const sent = server.requests.find((r) => r.path.endsWith("/feedback"));
    assert.deepEqual([sent.path, sent.body.rating], ["api/v1/messages/msg_1/feedback", "down"]);
    assert.equal(await page.getByRole("button", { name: "This did not help" }).getAttribute("aria-pressed"), "true");
  });

  test("a page of another origin embeds it, untouched by that page's styles and policy", async () => {
    await openWidget("install in the widget");
    await finished();
    const dialog = page.getByRole("dialog", { name: "Ask Pilot" });
    const style = await answer().locator("p").first().evaluate((e) => [getComputedStyle(e).fontSize, getComputedStyle(e).letterSpacing]);
    assert.deepEqual(style, ["15px", "normal"]);
    assert.equal(await answer().locator("sup a").first().evaluate((a) => a.href), new URL("docs/manual/install.md#with-go", server.url).href);
    const send = await dialog.getByRole("button", { name: "Send" }).evaluate((e) => {
      e.disabled = false;
      e.style.transition = "none";
      return [getComputedStyle(e).backgroundColor, getComputedStyle(e).color];
    });
    assert.deepEqual(send, ["rgb(255, 212, 0)", "rgb(0, 0, 0)"], "the accent, and words that can be read on it");
    const [asked] = server.asked();
    assert.deepEqual(asked.filters, { source: "pilot", version: "2.1" });
    assert.deepEqual(asked.page, { url: server.otherURL, title: "Another site" });
  });

  test("a visitor of another origin keeps one token, and sends no cookies", async () => {
    await browser.context.addCookies([{ name: "docent_visitor", value: "x", domain: "127.0.0.1", path: "/" }]);
    await openWidget("install, then drop");
    await answer().getByText("Fetch the p").waitFor();
    server.cut();
    await answer().getByText("@latest").waitFor();
    server.cut();
    await finished();
    const calls = server.requests.filter((r) => r.path.startsWith("api/v1/chat") && r.method !== "OPTIONS");
    assert.deepEqual(calls.map((r) => [r.headers.authorization, r.headers.cookie]), calls.map(() => ["Bearer dwt_visitor1.1", undefined]));
    assert.deepEqual(minted().map((r) => r.body), [{ site: "pilot" }]);
    await browser.context.clearCookies();
  });

  const minted = () => server.requests.filter((r) => r.path === "api/v1/token" && r.method === "POST");
  const asking = () => server.requests.filter((r) => r.path === "api/v1/chat" && r.method === "POST").map((r) => r.headers.authorization);

  test("a token is renewed before its end, for the same visitor and without a word", async () => {
    server.wantsToken = true;
    server.expiresIn = 0;
    await openWidget("install");
    await finished();
    await ask("install more");
    await page.locator(".rating").nth(1).waitFor();
    assert.deepEqual(asking(), ["Bearer dwt_visitor1.1", "Bearer dwt_visitor1.2"]);
    assert.equal(minted()[1].headers.authorization, "Bearer dwt_visitor1.1");
  });

  test("a token that is refused is renewed for the same visitor, and the question asked once more", async () => {
    server.wantsToken = true;
    await openWidget("install");
    await finished();
    server.spoilt = 1;
    await ask("install more");
    await page.locator(".rating").nth(1).waitFor();
    assert.deepEqual(asking(), ["Bearer dwt_visitor1.1", "Bearer dwt_visitor1.1", "Bearer dwt_visitor1.2"]);
    assert.equal(await page.locator(".failure").count(), 0);
  });

  test("a token is fetched for the server's own page only when it is asked for", async () => {
    await page.goto(server.url);
    await ask("install");
    await finished();
    assert.equal(minted().length, 0);
    server.wantsToken = true;
    await ask("install more");
    await page.locator(".rating").nth(1).waitFor();
    assert.deepEqual(asking(), [undefined, undefined, "Bearer dwt_visitor1.1"]);
    assert.deepEqual(minted().map((r) => r.body), [{}]);
  });

  test("the work that a token costs is done", async () => {
    server.wantsToken = true;
    server.bits = 10;
    await openWidget("install");
    await finished();
    assert.deepEqual(asking(), ["Bearer dwt_visitor1.1"]);
    assert.equal(minted().length, 2);
  });

  test("a token that is not given is a failure with the server's words", async () => {
    server.wantsToken = true;
    server.spoilt = Infinity;
    await openWidget("install");
    await turn().getByText("The token has expired.").waitFor();
    assert.equal(minted().length, 2);
  });

  test("the keyboard opens, asks, walks and closes", async () => {
    await page.goto(server.otherURL);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Ask Pilot");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "Your question");
    await page.keyboard.type("install");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("and more");
    assert.equal(await field().inputValue(), "install\nand more");
    await page.keyboard.press("Enter");
    await finished();
    assert.equal(await focused(), "Your question");
    assert.equal(server.asked()[0].message, "install\nand more");
    const order = [];
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press("Shift+Tab");
      order.push(await focused());
    }
    assert.deepEqual(order.slice(0, 4), ["This did not help", "This helped", "2Configuration", "1With GoInstall"]);
    assert.ok(order.includes("Source 1: Install › With Go"), order.join());
    assert.equal(order.at(-1), "New conversation");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Ask Pilot" }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(await focused(), "Ask Pilot");
    await page.keyboard.press("Enter");
    assert.equal(await turn().locator(".question").innerText(), "install\nand more", "the conversation is still there");
  });

  test("the focus goes to the field from every button that goes away", async () => {
    await page.goto(server.url);
    assert.equal(await focused(), "Your question", "from the start");
    await page.getByRole("button", { name: "How do I install it?" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "Your question", "after an example");
    await openWidget("install slow");
    await answer().getByText("Go 1.26").waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Stop the answer");
    await page.keyboard.press("Enter");
    await turn().getByText("Stopped before the answer was finished.").waitFor();
    assert.equal(await focused(), "Your question", "after the stop");
    await ask("install, then fail");
    await page.getByRole("button", { name: "Try again" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "Your question", "after the next try");
    await finished();
    await answer().locator("p").first().click();
    await page.keyboard.press("Escape"); // also with the focus on no control
    await page.getByRole("button", { name: "Ask Pilot" }).waitFor();
  });

  test("Enter belongs to an input method while it composes", async () => {
    await page.goto(server.url);
    await field().fill("にほん");
    await field().dispatchEvent("keydown", { key: "Enter", isComposing: true });
    assert.equal(await page.locator(".turn").count(), 0);
  });

  test("a finished answer is announced once, its deltas are not", async () => {
    await page.goto(server.url);
    await ask("install slow");
    await answer().getByText("Go 1.26").waitFor();
    const status = page.locator("[aria-live=polite]");
    assert.equal(await status.textContent(), "Searching the documentation.");
    server.release();
    await finished();
    assert.match(await status.textContent(), /^Answer: You need Go 1.26 .*Nothing else has to be installed\./s);
    assert.equal(await page.locator(".markdown").evaluate((e) => e.closest("[aria-live]")), null);
  });

  for (const width of [320, 390]) {
    test(`a screen of ${width} pixels is filled and never wider`, async () => {
      await page.setViewportSize({ width, height: 640 });
      await openWidget("install");
      await finished();
      const dialog = page.getByRole("dialog");
      await dialog.evaluate((e) => Promise.all(e.getAnimations().map((a) => a.finished)));
      const box = await dialog.boundingBox();
      assert.deepEqual(box, { x: 0, y: 0, width, height: 640 });
      assert.equal(await page.locator(".pane").evaluate((e) => e.scrollWidth <= e.clientWidth), true);
      await page.goto(server.url);
      await ask("install");
      await finished();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  }

  test("what did not change is not drawn again", async () => {
    await page.goto(server.url);
    await ask("install slow");
    await answer().locator("ol").waitFor();
    await answer().locator("p").first().evaluate((e) => { e.kept = true; });
    server.release();
    await finished();
    assert.equal(await answer().locator("p").first().evaluate((e) => e.kept), true);
  });

  test("the reader's page is formatted, safe, and scrolled to its section", async () => {
    await page.goto(server.url + "docs/manual/install.md#with-go");
    await page.locator("#with-go pre").waitFor();
    assert.equal(await page.locator("div.markdown.rendered").count(), 3);
    assert.match(await page.locator("#what").innerText(), /<img src=x onerror="window.hacked=1">/);
    assert.deepEqual(await page.locator("#what .markdown a").evaluateAll((all) => all.map((a) => [a.textContent, a.href, a.target])), [
      ["there", server.url + "docs/manual/there.md", ""],
      ["here", server.url + "docs/manual/install.md#with-go", ""],
    ]);
    const top = await page.locator("#with-go").evaluate((e) => e.getBoundingClientRect().top);
    assert.ok(Math.abs(top - 12) < 2, `the section stands ${top}px below the top`);
  });

  test("whatever the server streams is what is shown", async () => {
    await page.goto(server.url);
    await ask("refused");
    await finished();
    assert.equal(await answer().innerText(), answers.refused);
  });
});
