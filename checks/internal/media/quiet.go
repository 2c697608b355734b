package media

import (
	"io"

	"github.com/pion/logging"
)

// Quiet makes loggers that say nothing. The WebRTC library's messages hold
// addresses of people and mean little to anyone; its failures are told by the
// watchdogs around it. (The library's own default reads the environment.)
func Quiet() logging.LoggerFactory {
	return &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
}
