import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.smallrye.faulttolerance.api.Guard;
import io.smallrye.faulttolerance.standalone.Configuration;
import io.smallrye.faulttolerance.standalone.MetricsAdapter;
import io.smallrye.faulttolerance.standalone.MicrometerAdapter;
import io.smallrye.faulttolerance.standalone.StandaloneFaultTolerance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Calls through its breaker as it is told: /calls?successes=3&failures=5. Its figures are at /metrics. */
public class Recording {
  public static void main(String[] arguments) throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new UptimeMetrics().bindTo(registry);
    ExecutorService executor = Executors.newCachedThreadPool();
    StandaloneFaultTolerance.configure(new Configuration() {
      @Override
      public ExecutorService executor() {
        return executor;
      }

      @Override
      public MetricsAdapter metricsAdapter() {
        return new MicrometerAdapter(registry);
      }
    });
    Guard guard = Guard.create()
        .withDescription("payments")
        .withCircuitBreaker().name("payments").requestVolumeThreshold(5).failureRatio(0.5).delay(200, ChronoUnit.MILLIS)
        .successThreshold(2).done()
        .build();

    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/metrics", exchange -> answer(exchange, registry.scrape()));
    server.createContext("/calls", exchange -> {
      String query = exchange.getRequestURI().getQuery();
      for (int i = 0; i < number(query, "successes"); i++) attempt(guard, false);
      for (int i = 0; i < number(query, "failures"); i++) attempt(guard, true);
      answer(exchange, "called\n");
    });
    server.start();
    System.out.println("port " + server.getAddress().getPort());
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, String text) throws java.io.IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/plain; version=0.0.4; charset=utf-8");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void attempt(Guard guard, boolean fails) {
    try {
      guard.call(() -> {
        if (fails) throw new IllegalStateException("as told");
        return "done";
      }, String.class);
    } catch (Exception expected) {
      // Failed as told, or prevented: both are what is recorded.
    }
  }

  private static int number(String query, String name) {
    return Integer.parseInt(query.replaceAll(".*\\b" + name + "=(\\d+).*", "$1"));
  }
}
