#!/bin/bash
# Daily performance review script

echo "=== OmniNode Bridge Daily Performance Report ==="
echo "Date: $(date)"
echo

# System health check
echo "1. System Health Status"
curl -s http://localhost:8080/health | jq '.system_health'
echo

# Database performance
echo "2. Database Performance"
curl -s http://localhost:8080/metrics/database | grep -E "(connection_pool|query_time)"
echo

# Kafka performance
echo "3. Kafka Performance"
curl -s http://localhost:8080/metrics/kafka | grep -E "(throughput|errors)"
echo

# Cache performance
echo "4. Cache Performance"
curl -s http://localhost:8080/metrics/cache | grep -E "(hit_rate|memory_usage)"
echo

# Top 5 slowest operations
echo "5. Slowest Operations (last 24h)"
curl -s http://localhost:8080/metrics/slow-operations?limit=5
echo
