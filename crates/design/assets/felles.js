// Every page works without this file. It adds the design system's own comforts.
import "./web/clickdelegatefor/clickdelegatefor.js";
import "./web/error-summary/error-summary.js";
import "./web/field/field.js";
