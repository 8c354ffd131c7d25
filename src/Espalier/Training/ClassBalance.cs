using Espalier.Data;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>How training makes up for classes with different numbers of images.</summary>
public enum ClassBalance
{
    /// <summary>Not at all: every image counts the same.</summary>
    None,

    /// <summary>By class weights in the loss (<see cref="CrossEntropy.BalancedWeights"/>).</summary>
    Weights,

    /// <summary>By sampling: images of smaller classes occur several times in an epoch, each class as often as the largest. An epoch becomes longer.</summary>
    Sampling,
}

/// <summary>Applies a <see cref="ClassBalance"/>.</summary>
internal static class ClassBalancing
{
    /// <summary>The images of an epoch.</summary>
    internal static MatchedDataset Sample(this ClassBalance balance, MatchedDataset data)
    {
        if (balance != ClassBalance.Sampling)
        {
            return data;
        }

        int[][] classes = [.. Enumerable.Range(0, data.Count).GroupBy(data.LabelOf).OrderBy(group => group.Key).Select(group => group.ToArray())];
        int most = classes.Max(images => images.Length);
        return data.Select(classes.SelectMany(images => Enumerable.Range(0, most).Select(i => images[i % images.Length])));
    }

    /// <summary>The number of images of each output.</summary>
    private static int[] CountsOf(MatchedDataset data)
    {
        int[] counts = new int[data.Outputs.Count];
        for (int i = 0; i < data.Count; i++)
        {
            counts[data.LabelOf(i)]++;
        }

        return counts;
    }

    /// <summary>The objective with class weights if they are requested.</summary>
    /// <param name="balance">Whether weights are computed from the numbers of images.</param>
    /// <param name="weights">The weights that are given, or <see langword="null"/>.</param>
    /// <param name="objective">The objective.</param>
    /// <param name="data">The training images.</param>
    /// <exception cref="EspalierException">The objective takes no class weights, or has its own; both kinds of weights are requested; or those that are given are not of the data's classes.</exception>
    internal static IObjective Weigh(this ClassBalance balance, ClassWeights? weights, IObjective objective, MatchedDataset data)
    {
        bool balances = balance == ClassBalance.Weights;
        if (!balances && weights is null)
        {
            return objective;
        }

        string option = balances ? $"{nameof(ClassBalance)}.{nameof(ClassBalance.Weights)}" : nameof(ImageTrainingOptions.ClassWeights);
        return balances && weights is not null ? throw new EspalierException($"{option} and {nameof(ImageTrainingOptions.ClassWeights)} exclude each other")
            : objective is CrossEntropy { ClassWeights.Count: 0 } entropy ? entropy with { ClassWeights = weights?.Of(data.Outputs) ?? CrossEntropy.BalancedWeights(CountsOf(data)) }
            : throw new EspalierException($"{option} sets the class weights of a {nameof(CrossEntropy)} that has none; found '{objective}'");
    }
}
