//go:build !windows

package main

// hold does nothing: terminals stay open.
func hold() {}
