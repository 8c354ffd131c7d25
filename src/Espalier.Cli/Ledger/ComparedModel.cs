using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>One of two models that are compared.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Graph">Its network.</param>
/// <param name="Figures">Its figures, the file's size among them.</param>
internal sealed record ComparedModel(string Name, Graph Graph, ModelFigures Figures)
{
    /// <summary>Its figures as an object.</summary>
    internal void Write(Utf8JsonWriter json, string property, double? top1)
    {
        json.WriteStartObject(property);
        json.WriteString("model", Name);
        json.WriteNumber("nodes", Graph.Nodes.Length);
        json.WriteNumber("depth", NetworkDepth.Of(Graph));
        json.WriteNumber("parameters", Figures.Parameters);
        json.WriteNumber("non_zeros", Figures.NonZeros);
        json.WriteNumber("macs", Figures.MultiplyAccumulates);
        json.WriteNumber("effective_macs", Figures.EffectiveMultiplyAccumulates);
        json.WriteNumber("bytes", Figures.Bytes!.Value);
        if (top1 is double accuracy)
        {
            json.WriteFinite("accuracy", accuracy);
        }

        if (Figures.Milliseconds is double time)
        {
            json.WriteFinite("ms", time);
        }

        json.WriteEndObject();
    }
}
