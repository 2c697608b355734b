package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// preflight asks the display, before the graphics library does, whether a window
// can be shown on it: the library would end the program with a stack trace, or
// stay for ever without a window.
func preflight(env func(string) string) error {
	if socket := env("WAYLAND_DISPLAY"); socket != "" {
		if !filepath.IsAbs(socket) {
			socket = filepath.Join(env("XDG_RUNTIME_DIR"), socket)
		}
		if c, err := net.Dial("unix", socket); err == nil {
			return c.Close()
		}
	}
	display := env("DISPLAY")
	if display == "" {
		return errors.New("there is no display for a window")
	}
	xgb.Logger.SetOutput(io.Discard) // what is wrong is returned, too
	c, err := xgb.NewConnDisplay(display)
	if err != nil {
		return fmt.Errorf("the display %s cannot be used", display)
	}
	defer c.Close()
	const name = "GLX"
	glx, err := xproto.QueryExtension(c, uint16(len(name)), name).Reply()
	if err != nil || !glx.Present {
		return errors.New("the graphics of this computer show no window (OpenGL 2.1 is needed)")
	}
	return nil
}
