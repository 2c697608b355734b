//go:build linux && !amd64

package main

import "errors"

func runWithClock(string, []string) error {
	return errors.New("the clock of a program can be moved on amd64 alone")
}

func clockFaults() []fault { return nil }
