//go:build cgo && !darwin

package main

// receiveLinks has nothing to do: these systems give a link as an argument.
func receiveLinks(func(link string)) {}
