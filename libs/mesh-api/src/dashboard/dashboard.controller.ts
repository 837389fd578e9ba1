import { Controller, Get, Inject, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { judge } from '../health/judge.js';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { dashboardDocument } from './dashboard-document.js';
import type { DashboardAnswer } from './dashboard-routes.js';
import { RecentWindow } from './recent-window.js';

/** The platform judges its latest five minutes. */
const window = { lengthMs: 300_000, everyMs: 15_000 };

@Controller('api/v1/dashboard')
export class DashboardController implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly window = new RecentWindow(window);
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(MESH_VIEW) private readonly view: MeshView) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.window.add(this.view.summaries(), this.view.nowMs()), 1_000);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  @Get()
  dashboard(): DashboardAnswer {
    const { view } = this;
    const summaries = view.summaries();
    const nowMs = view.nowMs();
    return dashboardDocument({
      health: judge(view),
      summaries,
      alerts: view.alerts?.(),
      ...this.window.until(summaries, nowMs),
      fullWindowMs: window.lengthMs,
      limits: view.limits(),
      expiryMs: view.expiryMs,
      uptimeMs: process.uptime() * 1000,
    });
  }
}
