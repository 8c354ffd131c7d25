using System.Globalization;
using Espalier.Data;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The factor of each class in the loss, by the names of the classes or in the order of the outputs; it becomes <see cref="CrossEntropy.ClassWeights"/> once the outputs are known.</summary>
/// <remarks>A list of weights without names gives one number for each output. A list with names gives each class of the outputs once, in any order, and no other class.</remarks>
public sealed record ClassWeights
{
    private readonly ValueList<string> _names; // empty for the order of the outputs
    private readonly ValueList<double> _weights;

    private ClassWeights(ValueList<string> names, ValueList<double> weights)
    {
        (_names, _weights) = (names, weights);
        if (weights.Count == 0)
        {
            throw new EspalierException("class weights: expected a number for each class, found none");
        }

        if (weights.FirstOrDefault(weight => !double.IsFinite(weight) || weight < 0, 0) is var wrong && wrong != 0)
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"class weights: expected finite numbers of at least 0, found {wrong}"));
        }

        if (weights.All(weight => weight == 0))
        {
            throw new EspalierException("class weights: all are 0, so that nothing would be trained; expected at least one above 0");
        }

        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new EspalierException($"class weights: '{twice.Key}' occurs {twice.Count()} times; expected each class once");
        }
    }

    /// <summary>Weights in the order of the outputs.</summary>
    /// <param name="weights">One for each output.</param>
    /// <exception cref="EspalierException">There are none, one is not a finite number of at least 0, or all are 0.</exception>
    public static ClassWeights InOrder(IEnumerable<double> weights) => new([], ValueList.From(weights));

    /// <summary>Weights by the names of the classes.</summary>
    /// <param name="weights">The name and the weight of each class of the outputs, in any order.</param>
    /// <exception cref="EspalierException">There are none, one is not a finite number of at least 0, all are 0, or a name occurs twice.</exception>
    public static ClassWeights ByName(IEnumerable<KeyValuePair<string, double>> weights)
    {
        KeyValuePair<string, double>[] all = [.. weights];
        return new(ValueList.From(all.Select(each => each.Key)), ValueList.From(all.Select(each => each.Value)));
    }

    /// <summary>Reads a text file: in each line the name of a class, a tab or comma, and its weight, or in each line a weight only, in the order of the outputs. Empty lines are skipped.</summary>
    /// <param name="path">The path of the file, of at most 16 MiB.</param>
    /// <exception cref="EspalierException">The file cannot be read, or a line is neither form or not that of the first line; the message names the line.</exception>
    public static ClassWeights Read(string path) => ClassWeightFile.Read(path);

    /// <summary>The weights, each after the name of its class if there are names.</summary>
    public override string ToString() => string.Join(' ', _weights.Select((weight, i) => (_names.Count == 0 ? "" : $"{_names[i]}:") + weight.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The weights in the order of the outputs.</summary>
    /// <exception cref="EspalierException">There are not as many as outputs, or the names are not those of the outputs.</exception>
    internal ValueList<double> Of(OutputClasses outputs)
    {
        if (_names.Count == 0)
        {
            return _weights.Count == outputs.Count
                ? _weights
                : throw new EspalierException($"there are {_weights.Count} class weights; expected one for each of the {outputs.Count} outputs ({ClassNameList.Of(outputs.Labels, outputs.Count)})");
        }

        string[] unknown = [.. _names.Except(outputs.Labels, StringComparer.Ordinal)];
        string[] missing = [.. outputs.Labels.Except(_names, StringComparer.Ordinal)];
        if (unknown.Length > 0 || missing.Length > 0 || outputs.Labels.Count == 0)
        {
            string[] faults = [.. unknown.Length > 0 ? [$"not among them: {ClassNameList.Of(unknown)}"] : (string[])[], .. missing.Length > 0 ? [$"without a weight: {ClassNameList.Of(missing)}"] : (string[])[]];
            throw new EspalierException($"the names of the class weights are not those of the {outputs.Count} outputs ({ClassNameList.Of(outputs.Labels, outputs.Count)}): {string.Join("; ", faults)}");
        }

        return outputs.Labels.Count == _names.Count
            ? ValueList.From(outputs.Labels.Select(label => _weights[_names.Items.IndexOf(label)]))
            : throw new EspalierException("several outputs have the same name, so that class weights cannot be given by name; expected one number for each output, in order");
    }
}
