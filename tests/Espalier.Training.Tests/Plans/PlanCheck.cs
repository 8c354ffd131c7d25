using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Training.Tests.Plans;

/// <summary>One training step by the training plan, whose options include those that no runtime takes.</summary>
internal static class PlanCheck
{
    internal static TrainingCheck Of(Model model, int batch, TrainingPlanOptions options, int threads = 2)
    {
        using var pool = new WorkerPool(threads);
        options = options with { Batch = batch };
        return new TrainingCheck(TrainingPlan.Build(model, options, pool), options);
    }
}
