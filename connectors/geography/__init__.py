"""Where things are, by open files: imported once, then asked of every row which area it belongs to.

placing    which area a row belongs to, and how that was decided        importing   all files, or none
atlas      everything in memory: build, tables, census, shapes, points
files      recognises files by what they hold: columns, source; then reads them: tabular, geojson, values
"""
