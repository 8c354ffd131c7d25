using System.Text.Json;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of <see cref="PhotoExplainer.Occlusion"/>.</summary>
public sealed record OcclusionOptions
{
    /// <summary>The side of the square that covers part of the input, in input pixels; <see langword="null"/> for an eighth of the input's shorter side, at least 1.</summary>
    public int? Patch { get; init; }

    /// <summary>The distance between neighbouring places of the square; <see langword="null"/> for half of <see cref="Patch"/>, at least 1. The last place of each row and column touches the input's edge.</summary>
    public int? Stride { get; init; }

    /// <summary>What covers the input: a colour, three bytes red, green, blue; <see langword="null"/> for an input of 0, which is the mean of the normalization (and of the mean image).</summary>
    public (byte Red, byte Green, byte Blue)? Fill { get; init; }

    /// <summary>The class's index; <see langword="null"/> for the most probable one.</summary>
    public int? Class { get; init; }
}

/// <summary>How much the probability of a class falls while a square covers part of the photo (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks", §4.2).</summary>
/// <remarks>The value of an input pixel is the mean fall over all places of the square that cover it. Where the probability rises, the value is negative, and drawn as 0.</remarks>
public sealed class OcclusionMap : PhotoHeatMap
{
    private readonly float[] _probabilities;

    internal OcclusionMap(ExplainedPhoto photo, Prediction prediction, OcclusionGrid grid, float[] probabilities)
        : base(photo, "occlusion", "", grid.Input, grid.Spread(Array.ConvertAll(probabilities, value => prediction.Probability - value)))
    {
        (Prediction, Grid, _probabilities) = (prediction, grid, probabilities);
    }

    /// <summary>The class, with its probability for the whole photo.</summary>
    public Prediction Prediction { get; }

    /// <summary>The side of the square, in input pixels.</summary>
    public int Patch => Grid.Patch;

    /// <summary>Places of the square: rows and columns.</summary>
    public Size Places => new(Grid.Rows.Length, Grid.Columns.Length);

    /// <summary>The probability of the class at each place of the square, row by row.</summary>
    public ReadOnlyMemory<float> Probabilities => _probabilities;

    internal OcclusionGrid Grid { get; }

    /// <inheritdoc/>
    private protected override void WriteFacts(Utf8JsonWriter json)
    {
        ExplanationJson.Write(json, Prediction);
        json.WriteNumber("patch", Patch);
        Write(json, "rows", Grid.Rows);
        Write(json, "columns", Grid.Columns);
        ExplanationJson.Write(json, "probabilities", _probabilities, Grid.Columns.Length);
    }

    private static void Write(Utf8JsonWriter json, string name, int[] values)
    {
        json.WriteStartArray(name);
        Array.ForEach(values, json.WriteNumberValue);
        json.WriteEndArray();
    }
}
