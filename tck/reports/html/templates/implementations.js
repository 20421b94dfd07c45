"use strict";
// The page is the same on any day; what has expired is told by the reader's own clock.
const today = new Date().toISOString().slice(0, 10);
for (const time of document.querySelectorAll("time[data-last-day]")) {
  if (time.dateTime < today) {
    time.classList.add("expired");
    time.textContent = `expired on ${time.dateTime}`;
  }
}
