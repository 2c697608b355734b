package machine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// screen is the size of the main screen: what the window system says under X11,
// elsewhere what the kernel says of the monitors.
func screen(context.Context) (width, height int, err error) {
	if os.Getenv("DISPLAY") != "" && os.Getenv("WAYLAND_DISPLAY") == "" && !farAway(os.Getenv) {
		if width, height, err = xScreen(); err == nil {
			return width, height, nil
		}
	}
	return monitor("/sys/class/drm")
}

// xScreen asks the X server for its primary monitor.
func xScreen() (width, height int, err error) {
	xgb.Logger.SetOutput(io.Discard) // what is wrong is returned, too
	conn, err := xgb.NewConn()
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	root := xproto.Setup(conn).DefaultScreen(conn)
	if err := randr.Init(conn); err != nil {
		return int(root.WidthInPixels), int(root.HeightInPixels), nil
	}
	found, err := randr.GetMonitors(conn, root.Root, true).Reply()
	if err != nil || len(found.Monitors) == 0 {
		return int(root.WidthInPixels), int(root.HeightInPixels), nil
	}
	main := found.Monitors[0]
	for _, m := range found.Monitors {
		if m.Primary {
			main = m
		}
	}
	return int(main.Width), int(main.Height), nil
}

// monitor is the largest monitor that is connected, by its preferred mode.
func monitor(dir string) (width, height int, err error) {
	modes, err := filepath.Glob(filepath.Join(dir, "card*-*", "modes"))
	if err != nil {
		return 0, 0, err
	}
	for _, path := range modes {
		var w, h int
		if _, err := fmt.Sscanf(readFile(path), "%dx%d", &w, &h); err == nil && w*h > width*height {
			width, height = w, h
		}
	}
	if width == 0 {
		return 0, 0, errNone
	}
	return width, height, nil
}
