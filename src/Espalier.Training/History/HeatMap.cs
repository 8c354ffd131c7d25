using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Numbers by rows and columns, shown by colour.</summary>
/// <param name="Title">What they show.</param>
/// <param name="Horizontal">What the columns are.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The rows, from top to bottom.</param>
internal sealed record HeatMap(string Title, string Horizontal, ValueList<string> Columns, ValueList<HeatMapRow> Rows)
{
    /// <summary>The value that has no colour.</summary>
    public double Least { get; init; }

    /// <summary>The value from which on the colour is strongest.</summary>
    public double Greatest { get; init; } = 1;
}

/// <summary>A row of a <see cref="HeatMap"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">What is coloured, one for each column.</param>
/// <param name="Texts">What is written in the cells.</param>
internal sealed record HeatMapRow(string Name, ValueList<double> Values, ValueList<string> Texts);
