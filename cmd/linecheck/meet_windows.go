package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// listen is where the open window is met by those that start later: a pipe that this
// person alone may open. Sockets with a path came late to Windows.
func listen(home string) (net.Listener, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return winio.ListenPipe(pipe(home), &winio.PipeConfig{SecurityDescriptor: "D:P(A;;GA;;;" + user.User.Sid.String() + ")"})
}

func dial(home string, patience time.Duration) (net.Conn, error) {
	return winio.DialPipe(pipe(home), &patience)
}

// pipe is its name: one for each folder.
func pipe(home string) string {
	sum := sha256.Sum256([]byte(home))
	return `\\.\pipe\linecheck-` + hex.EncodeToString(sum[:8])
}
