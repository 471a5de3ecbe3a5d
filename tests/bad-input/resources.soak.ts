/** With two thousand malformed inputs each. */
import "./resources.test";
