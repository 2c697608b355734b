#!/bin/sh
# Makes the spoken digits anew: one folder a language, 0.flac to 9.flac, 16 kHz,
# 16 bit, mono, without silence around them, peaks at -6 dBFS. Needs espeak-ng and sox with its
# FLAC format, which make the files and are not part of the program.
set -eu
cd "$(dirname "$0")"

# folder and voice
voices="ar:ar bn:bn de:de en:en-us es:es-419 fr:fr-fr hi:hi id:id it:it ja:ja ko:ko ms:ms nl:nl pl:pl pt:pt-br ro:ro ru:ru sw:sw ta:ta te:te tr:tr uk:uk ur:ur vi:vi"

for pair in $voices; do
	language=${pair%%:*} voice=${pair#*:}
	mkdir -p "$language"
	for digit in 0 1 2 3 4 5 6 7 8 9; do
		espeak-ng -v "$voice" -s 130 -a 120 --stdout "$digit" |
			sox -V1 -t wav - -r 16000 -b 16 -c 1 -C 8 "$language/$digit.flac" \
				silence 1 0.01 0.5% reverse silence 1 0.01 0.5% fade 0.005 reverse fade 0.005 gain -n -6
	done
done
