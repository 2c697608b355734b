// Package internet measures the applicant's internet connection against the
// recruiter's probe, or without an invite against a public server nearby: speed
// both ways, latency idle and under load, jitter, and what the test moved.
// The library speedtest-go knows the protocol and makes the requests; connections,
// counting, stopping and every judgment of an answer are ours, because the
// library has no notion of failure. Only this package touches the library, and
// nothing of it leaves: no type, no default client, no goroutine. What a number
// means for a role, and the probe itself, do not come in here.
package internet
