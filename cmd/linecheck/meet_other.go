//go:build !windows

package main

import (
	"net"
	"os"
	"path/filepath"
	"time"
)

// listen is where the open window is met by those that start later: a socket in its folder.
func listen(home string) (net.Listener, error) {
	path := filepath.Join(home, "window.sock")
	_ = os.Remove(path) // of a process that is no more
	return net.Listen("unix", path)
}

func dial(home string, patience time.Duration) (net.Conn, error) {
	return net.DialTimeout("unix", filepath.Join(home, "window.sock"), patience)
}
