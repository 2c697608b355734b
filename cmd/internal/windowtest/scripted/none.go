//go:build !cgo

package main

// main has no window to show: the graphics library needs cgo.
func main() {}
