// SPDX-License-Identifier: MIT
// A plot as SVG: one point for each library and workload, on a logarithmic scale; yjs is the line at 1.
import vega from 'vega'
import { compile } from 'vega-lite'

const COLOURS = { libyata: '#c2185b', ywasm: '#f9a825', loro: '#1565c0', automerge: '#2e7d32', 'json-joy': '#6a1b9a' }

export async function plot (title, points, peers) {
  const libraries = peers.filter(name => name !== 'yjs')
  const groups = [...new Set(points.map(point => point.group))]
  const spec = {
    title,
    background: 'white',
    data: { values: points },
    facet: { field: 'group', type: 'nominal', columns: 1, sort: groups, title: null, header: { labelFontSize: 12, labelAnchor: 'start' } },
    columns: 1,
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 560,
      height: { step: 16 },
      layer: [
        { mark: { type: 'rule', color: '#888' }, encoding: { x: { datum: 1 } } },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 0.9 },
          encoding: {
            x: { field: 'times', type: 'quantitative', scale: { type: 'log' }, title: 'times as fast as yjs' },
            y: { field: 'workload', type: 'nominal', sort: null, title: null },
            color: {
              field: 'library', type: 'nominal', title: null,
              scale: { domain: libraries, range: libraries.map(name => COLOURS[name]) }
            },
            shape: { field: 'library', type: 'nominal', title: null, scale: { domain: libraries } }
          }
        }
      ]
    }
  }
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' })
  return `${await view.toSVG()}\n`
}
