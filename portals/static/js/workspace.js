// All that a page of the agent workspace runs.
import "./theme.js";
import "./countdown.js";
import "./tabs.js";
import "./keys.js";
import "./palette.js";
import "./live.js";
import "./offers.js";
import "./conversation.js";
import "./upload.js";
import "./search.js";
import "./bulk.js";
import "./desk.js";
