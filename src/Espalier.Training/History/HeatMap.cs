using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A table of values that are shown as colours.</summary>
/// <param name="Title">The title above the table.</param>
/// <param name="Horizontal">The label of the horizontal axis.</param>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The rows, from top to bottom.</param>
internal sealed record HeatMap(string Title, string Horizontal, ValueList<string> Columns, ValueList<HeatMapRow> Rows)
{
    /// <summary>The value that is drawn white.</summary>
    public double Least { get; init; }

    /// <summary>The value from which the colour is fully saturated.</summary>
    public double Greatest { get; init; } = 1;
}

/// <summary>A row of a <see cref="HeatMap"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values that determine the colours, one per column.</param>
/// <param name="Texts">The texts of the cells, one per column.</param>
internal sealed record HeatMapRow(string Name, ValueList<double> Values, ValueList<string> Texts);
