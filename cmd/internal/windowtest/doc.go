// Package windowtest tries the applicant's window as people use it: the real program
// on a real display, with the real engine, the recruiter's real server and virtual
// sound cards, driven by keyboard and mouse. It holds tests alone. How the parts of the
// window behave is tried in their own rooms.
package windowtest
