using Espalier.Surgery;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>Trainings that differ in everything that a result may depend on.</summary>
internal static class TrainingVariants
{
    internal static TrainingOptions Of(string name) => name switch
    {
        "adamw" => TinyTraining.Options with { Optimizer = new AdamWOptions(), LearningRate = 0.01, Extensions = [new WeightAveraging(0.8)] },
        "everything" => TinyTraining.Options with
        {
            Optimizer = new SgdOptions { Nesterov = true, WeightDecay = 1e-3, DecayNormAndBias = false },
            Mixing = new Mixing { MixupAlpha = 0.4, CutMixAlpha = 1 },
            Objective = new CrossEntropy { LabelSmoothing = 0.1 },
            Accumulation = 2,
            Extensions = [new GradientClipping { MaxNorm = 0.5, MaxValue = 0.4 }, new WeightAveraging(0.9)],
            Patience = 2,
            Schedule = new OneCycleSchedule(),
        },
        "scoped" => TinyTraining.Options with
        {
            Objective = new CrossEntropy { ClassWeights = [1, 2, 0.5, 1] },
            Extensions = [new ScopedLearningRates([new ScopedLearningRate("conv*", 0.1, 1.5), new ScopedLearningRate("fc", 2)]), new GradientClipping { MaxNorm = 0.5 }],
        },
        "pruned" => TinyTraining.Options with { Extensions = [GradualPruningTests.Pruning with { From = 0.4, Until = 2.6, Every = 3 }, new NormScalePenalty(1e-2)] },
        "sensitive" => TinyTraining.Options with
        {
            Extensions = [new GradualPruning(GradualPruningTests.Pruning.Weights with { Criterion = PruningCriteria.Taylor, IsGlobal = false }, 0.6) { Every = 2 }, new WeightAveraging(0.8)],
            Optimizer = new AdamWOptions(),
            LearningRate = 0.01,
        },
        _ => TinyTraining.Options,
    };
}
