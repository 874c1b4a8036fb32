import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const linesOf = async (metrics: Metrics): Promise<string[]> => (await metrics.text()).split('\n');

describe('Metrics', () => {
  it('given what happened, then the text has every figure', async () => {
    const metrics = new Metrics({ processMetrics: false });
    metrics.countAppend('committed');
    metrics.countAppend('committed');
    metrics.countAppend('conflict');
    metrics.observeCommit({ appends: 2, events: 30, duration_seconds: 0.003, sync_seconds: 0.002 });
    metrics.countVerdicts({ accepted: 990, duplicate: 7, quarantined: 2, rejected: 1 });
    metrics.countVerdicts({ accepted: 10, duplicate: 0, quarantined: 0, rejected: 0 });
    metrics.observeDoorRequest('http', 200, 0.02);
    metrics.setProjectionLag({ lag_events: 12, lag_seconds: 0.5, parked: 1 });
    metrics.countServerError('/v1/kpis/:id');
    const lines = await linesOf(metrics);
    for (const expected of [
      'tallystick_appends_total{outcome="committed"} 2',
      'tallystick_appends_total{outcome="conflict"} 1',
      'tallystick_appends_total{outcome="failed"} 0',
      'tallystick_events_committed_total 30',
      'tallystick_commit_appends_sum 2',
      'tallystick_commit_events_bucket{le="50"} 1',
      'tallystick_commit_seconds_bucket{le="0.002"} 0',
      'tallystick_commit_seconds_bucket{le="0.005"} 1',
      'tallystick_observations_total{verdict="accepted"} 1000',
      'tallystick_observations_total{verdict="duplicate"} 7',
      'tallystick_observations_total{verdict="quarantined"} 2',
      'tallystick_observations_total{verdict="rejected"} 1',
      'tallystick_door_request_seconds_count{door="http",status="200"} 1',
      'tallystick_projection_lag_events 12',
      'tallystick_projection_lag_seconds 0.5',
      'tallystick_parked_events 1',
      'tallystick_http_server_errors_total{route="/v1/kpis/:id"} 1',
    ])
      expect(lines).toContain(expected);
    expect(metrics.contentType).toMatch(/^text\/plain/);
  });

  it('given nothing yet, then every verdict and outcome is there as 0, so that rates can be told from the start', async () => {
    const lines = await linesOf(new Metrics({ processMetrics: false }));
    expect(lines.filter((line) => /^tallystick_(observations|appends)_total\{/.test(line))).toHaveLength(7);
    expect(lines).toContain('tallystick_parked_events 0');
  });

  it('given two in one process, then neither counts into the other, and the process itself is measured', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.countAppend('failed');
    expect(await linesOf(one)).toContain('tallystick_appends_total{outcome="failed"} 1');
    const lines = await linesOf(other);
    expect(lines).toContain('tallystick_appends_total{outcome="failed"} 0');
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
  });

  it('given a gauge that nobody pushes, then it is asked for before each scrape', async () => {
    const metrics = new Metrics({ processMetrics: false });
    let lag_events = 0;
    metrics.beforeScrape(async () => metrics.setProjectionLag({ lag_events: ++lag_events, lag_seconds: 0, parked: 0 }));
    await metrics.text();
    expect(await linesOf(metrics)).toContain('tallystick_projection_lag_events 2');
  });
});
