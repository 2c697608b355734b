// Package metered asks the system whether the connection in use is metered: whether
// what is moved over it is counted and may cost. What follows from that is the checks' matter.
package metered
