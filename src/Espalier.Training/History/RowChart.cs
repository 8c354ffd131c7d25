using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A list of named rows, each with bars in a plot of its own: one horizontal bar, or the bars of a histogram.</summary>
/// <param name="Title">The title above the rows.</param>
/// <param name="Horizontal">The label below the plots.</param>
/// <param name="Rows">The rows, from top to bottom.</param>
internal sealed record RowChart(string Title, string Horizontal, ValueList<BarRow> Rows)
{
    /// <summary>The axis of the plots, whose ticks are drawn; <see langword="null"/> if each row has an axis of its own.</summary>
    public ChartAxis? Axis { get; init; }

    /// <summary>The names of the colours, in their order; empty for no legend.</summary>
    public ValueList<string> Colors { get; init; } = [];
}

/// <summary>A row of a <see cref="RowChart"/>.</summary>
/// <param name="Name">Its name, left of the plot.</param>
/// <param name="Bars">The bars.</param>
/// <param name="Text">The text right of the plot.</param>
internal sealed record BarRow(string Name, ValueList<RowBar> Bars, string Text);

/// <summary>A rectangle of a row, in fractions of the plot from 0 to 1.</summary>
/// <param name="Left">The left edge.</param>
/// <param name="Right">The right edge.</param>
/// <param name="Bottom">The lower edge, 0 at the bottom.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Color">The index of the colour in the palette of <see cref="ChartDrawing"/>.</param>
internal readonly record struct RowBar(double Left, double Right, double Bottom, double Top, int Color = 0);
