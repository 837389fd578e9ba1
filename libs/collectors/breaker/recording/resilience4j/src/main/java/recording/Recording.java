package recording;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Calls through its breakers as it is told: POST /calls?breaker=payments&successes=3&failures=5 */
@SpringBootApplication
@RestController
public class Recording {
  private final CircuitBreakerRegistry breakers;

  Recording(CircuitBreakerRegistry breakers) {
    this.breakers = breakers;
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Recording.class, arguments);
  }

  @PostMapping("/calls")
  String call(@RequestParam String breaker, @RequestParam int successes, @RequestParam int failures) {
    CircuitBreaker called = breakers.circuitBreaker(breaker);
    for (int i = 0; i < successes; i++) attempt(called, false);
    for (int i = 0; i < failures; i++) attempt(called, true);
    return called.getState().name();
  }

  private static void attempt(CircuitBreaker breaker, boolean fails) {
    try {
      breaker.executeRunnable(() -> {
        if (fails) throw new IllegalStateException("as told");
      });
    } catch (RuntimeException expected) {
      // Failed as told, or not permitted: both are what is recorded.
    }
  }
}
