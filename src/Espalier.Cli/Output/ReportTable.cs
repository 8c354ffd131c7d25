using System.Text;

namespace Espalier.Cli;

/// <summary>A table of a report, as text, as a JSON array of objects, and as CSV.</summary>
internal abstract class ReportTable
{
    /// <summary>Creates a table with one row per element.</summary>
    internal static ReportTable<T> Of<T>(IEnumerable<T> rows) => new([.. rows]);

    /// <summary>The rows as a JSON array of objects.</summary>
    internal abstract ReportValue Data { get; }

    /// <summary>Prints the columns that have headers, and an empty line.</summary>
    internal abstract void Print(Terminal terminal);

    /// <summary>The columns that have keys as CSV: a header line with the keys, and a line for each row.</summary>
    internal abstract string ToCsv();
}

/// <summary>A table under construction, column by column.</summary>
/// <param name="rows">The elements, one per row.</param>
internal sealed class ReportTable<T>(IReadOnlyList<T> rows) : ReportTable
{
    private readonly List<Column> _columns = [];

    /// <summary>The number of leading columns that identify a row; they are repeated if a table is printed in parts.</summary>
    internal int Keys { get; init; } = 1;

    /// <inheritdoc/>
    internal override ReportValue Data => ReportValue.List(rows.Select(row =>
    {
        var fields = new ReportObject();
        _columns.ForEach(column => column.AddTo(fields, row));
        return (ReportValue)fields;
    }));

    /// <summary>Adds a column of text that is only printed.</summary>
    internal ReportTable<T> Text(string header, Func<T, string> text) => Add(new(header, null, false, text, null));

    /// <summary>Adds a column of text.</summary>
    internal ReportTable<T> Text(string header, string key, Func<T, string> text) => Add(new(header, key, false, text, row => text(row)));

    /// <summary>Adds a column of numbers that is only printed.</summary>
    internal ReportTable<T> Number(string header, Func<T, string> text) => Add(new(header, null, true, text, null));

    /// <summary>Adds a right-aligned column.</summary>
    internal ReportTable<T> Number(string header, string key, Func<T, ReportValue> value, Func<T, string> text) => Add(new(header, key, true, text, value));

    /// <summary>Adds a column of counts; the cell is empty for <see langword="null"/>.</summary>
    /// <param name="header">The header.</param>
    /// <param name="key">The name in JSON and CSV.</param>
    /// <param name="value">A row's count.</param>
    /// <param name="format">Formats the printed count; by default with all digits.</param>
    /// <param name="isOptional">Whether the column is omitted from the printed table if no row has a count.</param>
    internal ReportTable<T> Count(string header, string key, Func<T, long?> value, Func<long, string>? format = null, bool isOptional = false) =>
        Add(new(header, key, true, row => value(row) is long count ? (format ?? Amount.Exact)(count) : "", row => value(row)), isOptional && !rows.Any(row => value(row) is not null));

    /// <summary>Adds a column of measurements; the cell is empty for <see langword="null"/>.</summary>
    /// <param name="header">The header.</param>
    /// <param name="key">The name in JSON and CSV.</param>
    /// <param name="value">A row's measurement.</param>
    /// <param name="format">Formats the printed measurement.</param>
    /// <param name="isOptional">Whether the column is omitted from the printed table if no row has a measurement.</param>
    internal ReportTable<T> Measure(string header, string key, Func<T, double?> value, Func<double, string> format, bool isOptional = false) =>
        Add(new(header, key, true, row => value(row) is double number ? format(number) : "", row => value(row)), isOptional && !rows.Any(row => value(row) is not null));

    /// <summary>Adds a column that is not printed.</summary>
    internal ReportTable<T> Field(string key, Func<T, ReportValue> value) => Add(new(null, key, false, null, value));

    /// <inheritdoc/>
    internal override void Print(Terminal terminal)
    {
        var table = new TablePrinter { Keys = Keys };
        Column[] printed = [.. _columns.Where(column => column.Header is not null)];
        Array.ForEach(printed, column => _ = column.IsNumber ? table.Number(column.Header!) : table.Text(column.Header!));
        foreach (T row in rows)
        {
            table.Row(printed.Select(column => column.Text!(row)));
        }

        table.Print(terminal);
    }

    /// <inheritdoc/>
    internal override string ToCsv()
    {
        Column[] written = [.. _columns.Where(column => column.Key is not null)];
        var text = new StringBuilder().AppendJoin(',', written.Select(column => column.Key)).Append('\n');
        foreach (T row in rows)
        {
            text.AppendJoin(',', written.Select(column => column.Value!(row).ToCsv())).Append('\n');
        }

        return text.ToString();
    }

    private ReportTable<T> Add(Column column, bool isHidden = false)
    {
        _columns.Add(isHidden ? column with { Header = null } : column);
        return this;
    }

    private sealed record Column(string? Header, string? Key, bool IsNumber, Func<T, string>? Text, Func<T, ReportValue>? Value)
    {
        internal void AddTo(ReportObject fields, T row)
        {
            if (Key is not null)
            {
                fields.Add(Key, Value!(row));
            }
        }
    }
}
