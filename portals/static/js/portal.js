// All that a page for visitors runs.
import "./theme.js";
import "./keys.js";
import "./live.js";
import "./conversation.js";
import "./upload.js";
import "./search.js";
import "./questions.js";
