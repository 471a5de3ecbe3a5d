/** With two thousand malformed inputs each. */
import "./operations.test";
