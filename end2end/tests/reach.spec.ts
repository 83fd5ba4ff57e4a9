// Every state of the page, for everybody: axe in both themes, at 320 px and in forced colours; reflow at 320 px, which is
// 1280 px at 400 %; text at 200 %; text spacing; the size of targets; headings in order. Each state is reached once.
import { record } from "../fixtures/recorder";
import { declareApi, expect, test } from "../fixtures/test";
import { axe, DOUBLE_TEXT, outline, restyle, sideways, smallTargets, unreadable, WIDE_TEXT } from "../fixtures/measure";
import { STATES } from "./pages/states";

test.describe.configure({ mode: "parallel" });
test.use({ contextOptions: { reducedMotion: "reduce" } });

const DESK = { width: 1280, height: 900 };
const TABLET = { width: 768, height: 900 };
const PHONE = { width: 320, height: 640 };
/** What of axe depends on colours alone; all of it is run in the light theme, and in the dark one at 320 px. */
const COLOURS = ["color-contrast", "link-in-text-block"];

for (const { name, reach, isWindow } of STATES) {
  test(`axe, reflow, zoom, spacing and targets: ${name}`, async ({ page }) => {
    test.slow();
    await page.setViewportSize(DESK);
    const servers: (() => void)[] = [];
    await reach(page, {
      record: async (answer) => {
        const server = await record(answer);
        servers.push(server.close);
        declareApi(page, server.origin);
        return server;
      },
    });
    // All that is wrong in a state is told at once.
    const wrong: string[] = [];
    const look = async (where: string, found: Promise<string[]>) => wrong.push(...(await found).map((what) => `${where}: ${what}`));

    await look("light", axe(page));
    await look("1280 px", smallTargets(page));
    await look("1280 px", unreadable(page));
    await look("1280 px", sideways(page));
    await page.emulateMedia({ forcedColors: "active" });
    await look("forced colours", axe(page, COLOURS));
    await page.emulateMedia({ forcedColors: "none" });

    await restyle(page, DOUBLE_TEXT);
    await look("text at 200 %", unreadable(page));
    await look("text at 200 %", sideways(page));
    await restyle(page, WIDE_TEXT);
    await look("text spaced", unreadable(page));
    await look("text spaced", sideways(page));
    await restyle(page, "");

    await page.setViewportSize(TABLET);
    await look("768 px", sideways(page));
    await look("768 px", unreadable(page));
    await page.setViewportSize(PHONE);
    await look("320 px", sideways(page));
    await look("320 px", unreadable(page));
    await look("320 px", smallTargets(page));
    await page.emulateMedia({ colorScheme: "dark" });
    // High enough for all to be in sight: what a band lies over for the moment is no smaller for that.
    await page.setViewportSize({ ...PHONE, height: 3_000 });
    await look("320 px, dark", axe(page));
    await page.emulateMedia({ forcedColors: "active" });
    await look("320 px, dark, forced colours", axe(page, COLOURS));
    await page.setViewportSize(PHONE);
    await page.emulateMedia({ forcedColors: "none" });
    await restyle(page, WIDE_TEXT);
    await look("320 px, text spaced", sideways(page));
    await look("320 px, text spaced", unreadable(page));
    await restyle(page, "");

    const levels = await outline(page);
    if (!isWindow) {
      expect(levels.filter((level) => level === 1), "one h1").toHaveLength(1);
      const jumps = levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1);
      expect(jumps, `levels of headings: ${levels}`).toEqual([]);
    }
    for (const close of servers) close();
    expect(wrong).toEqual([]);
  });
}
