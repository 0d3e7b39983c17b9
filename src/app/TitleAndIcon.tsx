import { useEffect } from "react";
import { isLive, pillState, stateName } from "../bar/connection.ts";
import brokenIcon from "../icons/broken.svg?no-inline";
import liveIcon from "../icons/live.svg?no-inline";
import { useStatusAt } from "../stores/statusAt.ts";
import { TEXT } from "../text.ts";

/** Live or broken, to be seen in a background tab: the state stands first, where a narrow tab still shows it. */
export function TitleAndIcon() {
  const state = useStatusAt(pillState);
  const live = isLive(state) || state === "connecting";
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null) icon.href = live ? liveIcon : brokenIcon;
  }, [live]);
  return (
    <title>
      {live && state !== "connecting"
        ? `${TEXT.name} · ${stateName("live")}`
        : `${stateName(state)} · ${TEXT.name}`}
    </title>
  );
}
