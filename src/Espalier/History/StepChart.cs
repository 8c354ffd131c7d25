using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>A step in a chart.</summary>
/// <param name="Label">What is written beside it, its number first.</param>
/// <param name="Action">What was done.</param>
/// <param name="Across">Time or work.</param>
/// <param name="Accuracy">The share of samples that the model is right about.</param>
internal readonly record struct ChartedStep(string Label, string Action, double Across, double Accuracy);

/// <summary>Accuracy against time or work, a labelled point for each step: the path of the models that are of use, and a thin mark for each that was still to recover from a pruning.</summary>
internal static class StepChart
{
    internal static Chart Of(string title, string horizontal, IReadOnlyList<ChartedStep> steps)
    {
        Curve Curve(string name, IEnumerable<ChartedStep> chosen) => new(name, ValueList.From(chosen.Select(step => new CurvePoint(step.Across, 100 * step.Accuracy))))
        {
            Labels = ValueList.From(chosen.Select(step => step.Label)),
        };
        ILookup<bool, ChartedStep> byKind = steps.Index().ToLookup(each => IsDrop(steps, each.Index), each => each.Item);
        Curve path = Curve("after each step", byKind[false]);
        Curve drops = Curve("before recovery", byKind[true]) with { AreMarks = true };
        return new Chart(title, horizontal, "accuracy in %", drops.Points.Count > 0 ? [path, drops] : [path]) { FromZero = false };
    }

    /// <summary>Whether a step is a drop: a pruning or a step after one, if the next training reached a better accuracy, so that the model in between was not meant to be used.</summary>
    private static bool IsDrop(IReadOnlyList<ChartedStep> steps, int step)
    {
        bool pruned = steps.Take(step + 1).Reverse().TakeWhile(each => !Trains(each)).Any(each => each.Action == "prune");
        return pruned && steps.Skip(step + 1).Where(Trains).Take(1).Any(training => training.Accuracy > steps[step].Accuracy);
    }

    private static bool Trains(ChartedStep step) => step.Action is "train" or "finetune";
}
