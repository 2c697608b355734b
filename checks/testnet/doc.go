// Package testnet makes emulated lines between two network namespaces of one
// Linux machine: rate, delay, jitter, random and burst loss, queue length, and
// changes in time. Tests and benchmarks run real programs at both ends. Nothing
// that is shipped imports it, and no packet leaves the machine.
package testnet
